import { placesOf } from '../../../nodes/NanoBanana/core/order';

describe('the tasks of an item', () => {
	it('are one for each image where the vendor makes one image a task', () => {
		expect(placesOf({ aspectRatios: undefined, numberOfImages: 2 }, 1)).toEqual([
			{ imagesInTask: 1, firstImageIndex: 0, imagesOfItem: 2 },
			{ imagesInTask: 1, firstImageIndex: 1, imagesOfItem: 2 },
		]);
	});

	it('are one for each ratio where the vendor makes several images a task', () => {
		const asked = { aspectRatios: ['9:16', '1:1'], numberOfImages: 2 } as const;
		expect(placesOf(asked, 6)).toEqual([
			{
				imagesInTask: 2,
				firstImageIndex: 0,
				imagesOfItem: 4,
				format: { aspectRatio: '9:16', firstImageIndex: 0, numberOfImages: 2 },
			},
			{
				imagesInTask: 2,
				firstImageIndex: 2,
				imagesOfItem: 4,
				format: { aspectRatio: '1:1', firstImageIndex: 0, numberOfImages: 2 },
			},
		]);
	});

	it('are ratio after ratio, and in each image after image', () => {
		const asked = { aspectRatios: ['9:16', '1:1'], numberOfImages: 3 } as const;
		const places = placesOf(asked, 2);
		expect(places.map(({ firstImageIndex }) => firstImageIndex)).toEqual([0, 2, 3, 5]);
		expect(places.map(({ imagesInTask }) => imagesInTask)).toEqual([2, 1, 2, 1]);
		expect(places.map(({ format }) => [format?.aspectRatio, format?.firstImageIndex])).toEqual([
			['9:16', 0],
			['9:16', 2],
			['1:1', 0],
			['1:1', 2],
		]);
	});
});
