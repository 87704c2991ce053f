// A QR code: black on white in both themes, since not every reader takes the inverse.

export default function show({ data: bytes, parentElement }) {
  const { image, label } = JSON.parse(new TextDecoder().decode(bytes));
  const code = parentElement.querySelector(".lens-qr img");
  code.alt = label;
  code.src = image;
}
