// Pictures by name, of which a range shows one.
for (const slides of document.querySelectorAll(".slides")) {
  const each = [...slides.querySelectorAll(".slide")];
  const label = document.createElement("label");
  const range = document.createElement("input");
  const name = document.createElement("output");
  Object.assign(range, { type: "range", min: 0, max: each.length - 1, value: each.length >> 1 });
  const show = () => {
    each.forEach((slide, at) => (slide.hidden = at !== Number(range.value)));
    name.value = each[Number(range.value)].dataset.name;
    range.setAttribute("aria-valuetext", name.value);
  };
  range.addEventListener("input", show);
  label.append(name, range);
  slides.prepend(label);
  slides.classList.add("chosen");
  show();
}
