// Paint an SVG, and return it as a PNG that is so many pixels wide and high.
export async function pngOf(svg: Blob, pixels: number): Promise<Blob> {
  const address = URL.createObjectURL(svg);
  try {
    const image = new Image(pixels, pixels);
    image.src = address;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = pixels;
    canvas.height = pixels;
    canvas.getContext("2d")?.drawImage(image, 0, 0, pixels, pixels);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("the browser painted nothing"))), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}
