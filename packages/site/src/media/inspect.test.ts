import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { inspectFile, isPicture } from './inspect.ts';

const blank = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#123' }, limitInputPixels: false });

describe('type and size by the bytes', () => {
  test.each([
    ['image/png', () => blank(7, 5).png()],
    ['image/jpeg', () => blank(7, 5).jpeg()],
    ['image/gif', () => blank(7, 5).gif()],
    ['image/webp', () => blank(7, 5).webp()],
    ['image/avif', () => blank(7, 5).avif()],
  ])('%s', async (contentType, make) => {
    expect(await inspectFile(await make().toBuffer())).toEqual({
      contentType,
      width: 7,
      height: 5,
      animated: false,
    });
  });

  test('a photograph on its side has the size that is shown', async () => {
    const turned = await blank(7, 5).withMetadata({ orientation: 6 }).jpeg().toBuffer();
    expect(await inspectFile(turned)).toMatchObject({ width: 5, height: 7 });
  });

  test('an SVG, also after a declaration, a comment and a byte order mark', async () => {
    const svg =
      '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<!-- by hand -->\n<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 12 8"/>';
    expect(await inspectFile(Buffer.from(svg))).toEqual({
      contentType: 'image/svg+xml',
      width: 12,
      height: 8,
      animated: false,
    });
  });

  test.each([
    ['text/plain; charset=utf-8', Buffer.from('a,b\n<svg onload=x>')],
    ['text/plain; charset=utf-8', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['application/octet-stream', Buffer.from([0x80, 0x81, 0, 1])],
    ['application/pdf', Buffer.from('%PDF-1.7\n')],
  ])('%s is no picture', async (contentType, bytes) => {
    expect(await inspectFile(bytes)).toEqual({
      contentType,
      width: null,
      height: null,
      animated: false,
    });
    expect(isPicture(contentType)).toBe(false);
  });
});

test.each(['gif', 'webp'] as const)('a %s of two pictures moves', async (format) => {
  const frames = await Promise.all(
    ['#123', '#456'].map((background) =>
      sharp({ create: { width: 7, height: 5, channels: 3, background } })
        .png()
        .toBuffer(),
    ),
  );
  const moving = await sharp(frames, { join: { animated: true } })
    .toFormat(format)
    .toBuffer();
  expect(await inspectFile(moving)).toEqual({
    contentType: `image/${format}`,
    width: 7,
    height: 5,
    animated: true,
  });
});

test('a damaged picture is refused', async () => {
  const bytes = (await blank(9, 9).png().toBuffer()).subarray(0, 20);
  await expect(inspectFile(bytes)).rejects.toMatchObject({ code: 'PICTURE_DAMAGED' });
});

test('a picture of 50,000 × 50,000 pixels is refused without decoding it', async () => {
  const bomb = Buffer.from(await blank(1, 1).png().toBuffer());
  bomb.writeUInt32BE(50_000, 16);
  bomb.writeUInt32BE(50_000, 20);
  bomb.writeUInt32BE(crc32(bomb.subarray(12, 29)), 29);
  await expect(inspectFile(bomb)).rejects.toMatchObject({
    code: 'PICTURE_TOO_MANY_PIXELS',
    message: 'The picture has 50000 × 50000 pixels; the limit is 100 million.',
  });
});
