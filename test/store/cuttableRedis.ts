import { connect, createServer, type Server, type Socket } from 'node:net';
import { freePort } from '../services/freePort';

/** A way to a Redis that can be cut and mended, for a Redis that goes away and comes back at its address. */
export class CuttableRedis {
	readonly #sockets = new Set<Socket>();
	#server: Server | undefined;

	private constructor(
		private readonly target: URL,
		readonly port: number,
	) {}

	static async to(url: string): Promise<CuttableRedis> {
		const way = new CuttableRedis(new URL(url), await freePort());
		await way.mend();
		return way;
	}

	async mend(): Promise<void> {
		this.#server = createServer((near) => {
			const far = connect(Number(this.target.port), this.target.hostname);
			for (const [socket, other] of [[near, far], [far, near]] as const) {
				this.#sockets.add(socket);
				socket.on('error', () => other.destroy());
				socket.on('close', () => {
					this.#sockets.delete(socket);
					other.destroy();
				});
				socket.pipe(other);
			}
		});
		await new Promise<void>((resolve) => this.#server?.listen(this.port, '127.0.0.1', resolve));
	}

	async cut(): Promise<void> {
		const server = this.#server;
		this.#server = undefined;
		for (const socket of this.#sockets) socket.destroy();
		if (server) await new Promise<void>((resolve) => server.close(() => resolve()));
	}
}
