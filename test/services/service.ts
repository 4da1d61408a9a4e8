/** A server started for the tests, or one whose address was given. */
export interface Service {
	url: string;
	/** Ends the server and removes its files; does nothing for a server that was given. */
	stop(): Promise<void>;
}
