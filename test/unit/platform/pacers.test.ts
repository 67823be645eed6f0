import { clock } from '../../../nodes/NanoBanana/platform/clock';
import { pacerFor } from '../../../nodes/NanoBanana/platform/pacers';
import { vendors } from '../../../nodes/NanoBanana/vendors';

const limited = vendors.find(({ requestLimit }) => requestLimit !== undefined)!;
const unlimited = vendors.find(({ requestLimit }) => requestLimit === undefined)!;

it('is the same one for a key, whoever asks for it and also where nothing was sent for long', async () => {
	const first = await pacerFor(limited, 'https://api.example.com', 'key-1', clock);

	expect(first).toBeDefined();
	expect(await pacerFor(limited, 'https://api.example.com', 'key-1', clock)).toBe(first);
});

it('is another one for another key, or another address', async () => {
	const first = await pacerFor(limited, 'https://api.example.com', 'key-1', clock);

	expect(await pacerFor(limited, 'https://api.example.com', 'key-2', clock)).not.toBe(first);
	expect(await pacerFor(limited, 'https://relay.example.com', 'key-1', clock)).not.toBe(first);
});

it('is not there where the vendor has no published limit', async () => {
	expect(await pacerFor(unlimited, 'https://api.example.com', 'key-1', clock)).toBeUndefined();
});
