// A photo from a phone is far larger than a face needs: it is cut square and made small before it is sent.

const PICTURE_SIDE = 256;

const pictureField = /** @type {HTMLInputElement} */ (document.getElementById("picture"));

pictureField.addEventListener("change", async () => {
  const [chosen] = pictureField.files ?? [];
  if (!chosen) return;
  try {
    const image = await createImageBitmap(chosen);
    const side = Math.min(image.width, image.height);
    const canvas = Object.assign(document.createElement("canvas"), { width: PICTURE_SIDE, height: PICTURE_SIDE });
    const left = (image.width - side) / 2;
    const top = (image.height - side) / 2;
    canvas.getContext("2d")?.drawImage(image, left, top, side, side, 0, 0, PICTURE_SIDE, PICTURE_SIDE);
    const small = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
    const list = new DataTransfer();
    list.items.add(new File([/** @type {Blob} */ (small)], "picture.jpg", { type: "image/jpeg" }));
    pictureField.files = list.files;
  } catch {
    // Not a picture that this browser knows: sent as it is, and the desk says what is wrong with it.
  }
});
