// A picture as others may be given it: square, small, drawn anew, so that nothing hidden in the file travels along.
import type { Picture } from '@parlance/xmpp-client/features/avatar';

/** Pixels on a side: sharp at the largest size that we show, on screens of any density. */
const side = 256;

/** The middle of the picture as a JPEG. Rejects when the file is no picture that the browser can read. */
export const smallPicture = async (file: File): Promise<Picture> => {
  const bitmap = await createImageBitmap(file);
  const edge = Math.min(bitmap.width, bitmap.height);
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('nothing to draw on');
  context.imageSmoothingQuality = 'high';
  // What can be seen through would turn black.
  context.fillStyle = '#ffffff';
  context.fillRect(0, 0, side, side);
  const [x, y] = [(bitmap.width - edge) / 2, (bitmap.height - edge) / 2];
  context.drawImage(bitmap, x, y, edge, edge, 0, 0, side, side);
  bitmap.close();
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', 0.86));
  if (blob === null) throw new Error('the picture cannot be written');
  return { type: 'image/jpeg', bytes: new Uint8Array(await blob.arrayBuffer()) };
};
