'use strict';
/*
 * Loaded into n8n before n8n itself (NODE_OPTIONS=--require), so that n8n's own, unmodified nodes talk to the
 * sandbox's loopback servers and to nothing else.
 *
 *   SANDBOX_LIFELINE     number of an inherited pipe; when its other end closes, the starter is gone and so are we
 *   SANDBOX_REDIRECT     JSON {"graph.facebook.com": 12345, …}: these names are 127.0.0.1:<port>, whatever port was asked
 *   SANDBOX_ALLOW        JSON ["db.example.com", …]: names that may be reached for real
 *   SANDBOX_NETWORK_LOG  file; one line for each other name that was asked for and refused
 *
 * Without SANDBOX_REDIRECT the network is left alone.
 */
const { appendFileSync } = require('node:fs');
const { Socket, isIP } = require('node:net');

const lifeline = process.env.SANDBOX_LIFELINE;
if (lifeline) {
	// Not for n8n's own children: they end with the group.
	delete process.env.SANDBOX_LIFELINE;
	const end = () => process.kill(0, 'SIGKILL');
	new Socket({ fd: Number(lifeline), readable: true, writable: false })
		.on('close', end)
		.on('error', end)
		.resume()
		.unref();
}

if (process.env.SANDBOX_REDIRECT) {
	const redirect = new Map(Object.entries(JSON.parse(process.env.SANDBOX_REDIRECT)));
	const allowed = new Set(JSON.parse(process.env.SANDBOX_ALLOW || '[]'));
	const logFile = process.env.SANDBOX_NETWORK_LOG;
	const connect = Socket.prototype.connect;

	const isLoopback = (host) => {
		const bare = host.replace(/^\[|\]$/g, '').replace(/^::ffff:/i, '');
		return bare === 'localhost' || bare === '::1' || bare === '::' || bare === '0.0.0.0' || (isIP(bare) === 4 && bare.startsWith('127.'));
	};

	// Every TCP and TLS connection of the process (http, https, fetch, axios, drivers) passes here before any DNS look-up.
	Socket.prototype.connect = function (...args) {
		// net.connect passes one ready [options, callback] array; everybody else passes what net's documentation says.
		const normalized = Array.isArray(args[0]) ? args[0] : args;
		const first = normalized[0];
		const options = typeof first === 'object' && first !== null ? first : { port: first, host: typeof normalized[1] === 'string' ? normalized[1] : undefined };
		const host = String(options.host ?? 'localhost').toLowerCase();
		if (options.path || Number.isNaN(Number(options.port)) || isLoopback(host) || allowed.has(host)) return connect.apply(this, args);

		const port = redirect.get(host);
		const callback = [...normalized].reverse().find((argument) => typeof argument === 'function');
		// A copy: TLS keeps the caller's object and checks the certificate against the name in it.
		if (port !== undefined) return connect.call(this, { ...options, host: '127.0.0.1', port, lookup: undefined }, callback);

		if (logFile) appendFileSync(logFile, `${new Date().toISOString()} ${host}:${options.port}\n`);
		const error = Object.assign(new Error(`The sandbox does not let n8n reach ${host}`), { code: 'ECONNREFUSED', address: host, port: options.port });
		process.nextTick(() => this.destroy(error));
		return this;
	};
}
