import { harm } from './paths/harm';
import { modes } from './paths/modes';
import { once } from './paths/once';
import { optOut } from './paths/optOut';
import { perChannel } from './paths/perChannel';
import { sentMail } from './paths/sentMail';
import { startWorld, type World } from './world';

/**
 * The whole path in the real n8n with the shipped workflows: what a lead writes goes in through the channel's own trigger,
 * what is answered arrives at the provider's stand-in, and the store says what was decided on the way.
 */
let started: World | undefined;
const world = (): World => {
	if (started === undefined) throw new Error('The world did not start');
	return started;
};
jest.setTimeout(150_000);

beforeAll(async () => {
	started = await startWorld();
}, 600_000);
afterAll(async () => await started?.stop());

describe('per channel', () => perChannel(world));
describe('an opt-out', () => optOut(world));
describe('mail of a colleague', () => sentMail(world));
describe('exactly once', () => once(world));
describe('failing models and false claims', () => harm(world));
describe('modes', () => modes(world));
