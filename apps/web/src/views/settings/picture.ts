// A picture as others may be given it: square, small, drawn anew, so that nothing hidden in the file travels along.

/** Pixels on a side, as XEP-0084 §3 suggests for clients of all kinds. */
const side = 96;

interface SmallPicture {
  readonly type: string;
  readonly base64: string;
}

/** The middle of the picture as a JPEG. Rejects when the file is no picture that the browser can read. */
export const smallPicture = async (file: File): Promise<SmallPicture> => {
  const bitmap = await createImageBitmap(file);
  const edge = Math.min(bitmap.width, bitmap.height);
  const canvas = document.createElement('canvas');
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('nothing to draw on');
  context.imageSmoothingQuality = 'high';
  const [x, y] = [(bitmap.width - edge) / 2, (bitmap.height - edge) / 2];
  context.drawImage(bitmap, x, y, edge, edge, 0, 0, side, side);
  bitmap.close();
  const [, base64 = ''] = canvas.toDataURL('image/jpeg', 0.86).split(',');
  return { type: 'image/jpeg', base64 };
};
