'use strict';
/*
 * Loaded into n8n after the sandbox's redirect (NODE_OPTIONS=--require): writes down every host the process connects to or
 * looks up, before anything else sees it. One JSON line each in NETWORK_WATCH.
 */
const { appendFileSync } = require('node:fs');
const dgram = require('node:dgram');
const dns = require('node:dns');
const { Socket } = require('node:net');

const file = process.env.NETWORK_WATCH;
const note = (how, host, port) => appendFileSync(file, `${JSON.stringify({ how, host: String(host ?? 'localhost').toLowerCase(), port: port === undefined ? undefined : Number(port) })}\n`);

const { connect } = Socket.prototype;
Socket.prototype.connect = function (...args) {
	const [first, second] = Array.isArray(args[0]) ? args[0] : args;
	const options = typeof first === 'object' && first !== null ? first : { port: first, host: typeof second === 'string' ? second : undefined };
	// A path is a pipe between n8n and its own children.
	if (!options.path && !Number.isNaN(Number(options.port))) note('connect', options.host, options.port);
	return connect.apply(this, args);
};
for (const module of [dns, dns.promises]) {
	for (const name of Object.keys(module).filter((key) => /^(?:lookup|resolve)/.test(key) && typeof module[key] === 'function')) {
		const original = module[name];
		module[name] = function (host, ...rest) {
			if (typeof host === 'string') note('look up', host);
			return original.call(this, host, ...rest);
		};
	}
}
const { send } = dgram.Socket.prototype;
dgram.Socket.prototype.send = function (...args) {
	note('datagram', args.find((argument) => typeof argument === 'string' && /[.:]/.test(argument)) ?? 'localhost');
	return send.apply(this, args);
};
