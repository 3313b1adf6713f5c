// A photo at the moderators' desk: larger and smaller, turned for the eye, areas marked on it by a pointer.
// Without this the photo is shown as wide as the page, and areas are told in figures.

const SCALES = [1, 1.5, 2, 3, 4, 6];
const TALLEST = 0.78; // of the window: a tall photo is seen whole too
const SMALLEST = 1; // per cent of the photo: less is a slip of the pointer
const SVG = "http://www.w3.org/2000/svg";
// The key of a Russian keyboard in the same place.
const RUSSIAN: Record<string, string> = { к: "r", "=": "+" };

interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

const SIDES = ["left", "top", "width", "height"] as const;

function begin(): void {
  const stage = document.querySelector<HTMLElement>(".stage");
  const picture = stage?.querySelector<HTMLElement>(".stage__picture");
  const areas = stage?.querySelector<SVGSVGElement>(".stage__areas");
  const tools = document.querySelector<HTMLElement>("[data-tools]");
  if (!stage || !picture || !areas || !tools) return;

  let scale = 0;
  let quarters = 0;
  const image = picture.querySelector("img");
  const shape = image ? Number(image.getAttribute("width")) / Number(image.getAttribute("height")) : 1;
  const keep = document.querySelector<HTMLButtonElement>("[data-keep]");

  const lay = (): void => {
    const before = stage.scrollWidth;
    const whole = Math.min(1, (TALLEST * window.innerHeight * shape) / stage.clientWidth);
    const size = whole * (SCALES[scale] ?? 1);
    const middle = [stage.scrollLeft + stage.clientWidth / 2, stage.scrollTop + stage.clientHeight / 2];
    picture.style.width = `${size * 100}%`;
    // Lying on its side it still fits its place.
    const { offsetWidth: width, offsetHeight: height } = picture;
    const fit = quarters % 2 ? Math.min(width / height, height / width) : 1;
    picture.style.transform = `rotate(${quarters * 90}deg) scale(${fit})`;
    const grown = stage.scrollWidth / before;
    stage.scrollTo((middle[0] ?? 0) * grown - stage.clientWidth / 2, (middle[1] ?? 0) * grown - stage.clientHeight / 2);
    if (keep) {
      keep.hidden = quarters === 0;
      keep.value = String(quarters);
    }
  };
  const does: Record<string, () => void> = {
    in: () => {
      scale = Math.min(scale + 1, SCALES.length - 1);
      lay();
    },
    out: () => {
      scale = Math.max(scale - 1, 0);
      lay();
    },
    turn: () => {
      quarters = (quarters + 1) % 4;
      lay();
    },
  };

  tools.hidden = false;
  lay();
  tools.addEventListener("click", (event) => {
    const wish = (event.target as Element).closest<HTMLElement>("[data-do]")?.dataset["do"];
    if (wish) does[wish]?.();
  });
  const keys: Record<string, string> = { "+": "in", "-": "out", r: "turn" };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if ((event.target as Element).closest("input, textarea, select")) return;
    const key = RUSSIAN[event.key] ?? event.key;
    const wish = keys[key];
    const link = document.querySelector<HTMLAnchorElement>(`a[data-key="${CSS.escape(key)}"]`);
    // A larger photo is moved by the arrows; the next one comes when it is seen whole.
    const moves = key.startsWith("Arrow") && scale > 0;
    if (wish) does[wish]?.();
    else if (link && !moves) link.click();
    else return;
    event.preventDefault();
  });
  const form = document.querySelector<HTMLFormElement>("[data-areas]");
  if (form) mark(stage, areas, form, tools.querySelector("[data-do=mark]"), does);
}

/** Areas: ticked ones are seen, new ones are drawn and told in figures, which can be corrected. */
function mark(
  stage: HTMLElement,
  areas: SVGSVGElement,
  form: HTMLFormElement,
  button: HTMLButtonElement | null,
  does: Record<string, () => void>,
): void {
  const own = form.querySelector<HTMLElement>("[data-own]");
  const blank = form.querySelector("template");
  if (!own || !blank) return;
  const drawn = new Map<Element, SVGRectElement>();

  const field = (row: Element, side: string): HTMLInputElement | null =>
    row.querySelector<HTMLInputElement>(`[name=${side}]`);
  const draw = (row: Element): void => {
    const [x, y, width, height] = SIDES.map((side) => Number(field(row, side)?.value.replace(",", ".") || NaN));
    let rect = drawn.get(row);
    if ([x, y, width, height].some((side) => !Number.isFinite(side))) {
      rect?.remove();
      drawn.delete(row);
      return;
    }
    rect ??= areas.appendChild(document.createElementNS(SVG, "rect"));
    drawn.set(row, rect);
    rect.setAttribute("class", "area");
    for (const [name, value] of Object.entries({ x, y, width, height })) rect.setAttribute(name, String(value));
  };
  const adopt = (row: Element): void => {
    const remove = row.querySelector<HTMLButtonElement>("[data-do=remove]");
    if (remove) {
      remove.hidden = false;
      remove.addEventListener("click", () => {
        drawn.get(row)?.remove();
        drawn.delete(row);
        row.remove();
      });
    }
    row.addEventListener("input", () => draw(row));
    draw(row);
  };
  const add = (box: Box): void => {
    const empty = [...own.children].find((row) => SIDES.every((side) => !field(row, side)?.value));
    if (!empty) own.append(blank.content.cloneNode(true));
    const row = empty ?? own.lastElementChild;
    if (!row) return;
    for (const side of SIDES) {
      const input = field(row, side);
      if (input) input.value = String(Math.round(box[side] * 10) / 10);
    }
    if (empty) draw(row);
    else adopt(row);
  };

  [...own.children].forEach(adopt);
  for (const box of form.querySelectorAll<HTMLInputElement>("input[data-area]")) {
    const rect = areas.querySelector(`[data-area="${box.dataset["area"] ?? ""}"]`);
    const show = (): void => void rect?.classList.toggle("area--off", !box.checked);
    box.addEventListener("change", show);
    show();
  }

  let isMarking = false;
  does["mark"] = () => {
    isMarking = !isMarking;
    button?.setAttribute("aria-pressed", String(isMarking));
    stage.classList.toggle("stage--marking", isMarking);
  };
  let from: DOMPoint | undefined;
  let shape: SVGRectElement | undefined;
  // However it is turned and enlarged, the browser knows which part of the photo lies there.
  const place = (event: PointerEvent): DOMPoint => {
    const matrix = areas.getScreenCTM()?.inverse();
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix);
    return new DOMPoint(Math.min(Math.max(point.x, 0), 100), Math.min(Math.max(point.y, 0), 100));
  };
  const between = (one: DOMPoint, other: DOMPoint): Box => ({
    left: Math.min(one.x, other.x),
    top: Math.min(one.y, other.y),
    width: Math.abs(one.x - other.x),
    height: Math.abs(one.y - other.y),
  });
  areas.addEventListener("pointerdown", (event) => {
    // A finger moves the page unless it was asked to mark.
    if (event.button !== 0 || (!isMarking && event.pointerType !== "mouse")) return;
    event.preventDefault();
    areas.setPointerCapture(event.pointerId);
    from = place(event);
    shape = areas.appendChild(document.createElementNS(SVG, "rect"));
    shape.setAttribute("class", "area");
  });
  areas.addEventListener("pointermove", (event) => {
    if (!from || !shape) return;
    const box = between(from, place(event));
    shape.setAttribute("x", String(box.left));
    shape.setAttribute("y", String(box.top));
    shape.setAttribute("width", String(box.width));
    shape.setAttribute("height", String(box.height));
  });
  const end = (event: PointerEvent): void => {
    shape?.remove();
    if (from && event.type === "pointerup") {
      const box = between(from, place(event));
      if (box.width >= SMALLEST && box.height >= SMALLEST) add(box);
    }
    from = shape = undefined;
  };
  areas.addEventListener("pointerup", end);
  areas.addEventListener("pointercancel", end);
}

begin();

export {}; // its names are its own
