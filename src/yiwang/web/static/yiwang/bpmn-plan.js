// <bpmn-plan src="…" label="…" viewer="…" css="…" done="a b" now="c" stopped="d">
//
// Draws the plan at `src` (BPMN 2.0 with diagram) with bpmn-js, whose watermark stays visible as its licence asks.
// `done`, `now` and `stopped` name the ids of tasks to mark. The same plan stands as a table below the element; when the
// drawing cannot be made, the element disappears and the table remains.

const SMALLEST = 0.8; // Below this scale the names cannot be read: then the drawing scrolls sideways instead.
const MARGIN = 12; // Pixels around the drawing.

const once = new Map();
const load = (address, element) => {
  if (!once.has(address)) {
    once.set(address, new Promise((resolve, reject) => {
      element.addEventListener("load", resolve);
      element.addEventListener("error", () => reject(new Error(`cannot load ${address}`)));
      document.head.append(element);
    }));
  }
  return once.get(address);
};

class BpmnPlan extends HTMLElement {
  async connectedCallback() {
    if (this.started) return;
    this.started = true;
    try {
      await this.draw();
    } catch (error) {
      this.setAttribute("failed", "");
      console.warn("The plan could not be drawn; the table below says the same.", error);
    }
  }

  disconnectedCallback() {
    this.viewer?.destroy();
    this.viewer = undefined;
  }

  async draw() {
    const [, , answer] = await Promise.all([
      load(this.getAttribute("viewer"), Object.assign(document.createElement("script"), { src: this.getAttribute("viewer") })),
      load(this.getAttribute("css"), Object.assign(document.createElement("link"), { rel: "stylesheet", href: this.getAttribute("css") })),
      fetch(this.getAttribute("src"), { credentials: "same-origin", headers: { Accept: "application/xml" } }),
    ]);
    if (!answer.ok) throw new Error(`${answer.status} ${this.getAttribute("src")}`);
    const xml = await answer.text();

    const frame = document.createElement("div");
    frame.className = "plan-frame";
    frame.tabIndex = 0;
    frame.setAttribute("role", "region");
    frame.setAttribute("aria-label", this.getAttribute("label"));
    const track = document.createElement("div");
    const canvas = document.createElement("div");
    canvas.className = "plan-canvas";
    track.append(canvas);
    frame.append(track);
    this.replaceChildren(frame);

    // The wheel belongs to the page; the drawing is moved by dragging.
    this.viewer = new window.BpmnJS({ container: canvas, zoomScroll: { enabled: false } });
    await this.viewer.importXML(xml);
    const view = this.viewer.get("canvas");
    const { inner } = view.viewbox();
    const scale = Math.max(SMALLEST, Math.min(1, (frame.clientWidth - 2 * MARGIN) / inner.width));
    // Where the drawing is too wide, the frame scrolls a track of its width, and the canvas stays where it is and shows
    // what would have come into sight: so the watermark, which the licence wants to be seen as it is, stays too.
    track.style.width = `${Math.max(frame.clientWidth, Math.ceil(inner.width * scale) + 2 * MARGIN)}px`;
    canvas.style.width = `${frame.clientWidth}px`;
    canvas.style.height = `${Math.ceil(inner.height * scale) + 2 * MARGIN + 28}px`;
    view.resized();
    const margin = MARGIN / scale;
    const size = view.viewbox().outer;
    const show = () => view.viewbox({
      x: inner.x - margin + frame.scrollLeft / scale,
      y: inner.y - margin,
      width: size.width / scale,
      height: size.height / scale,
    });
    frame.addEventListener("scroll", show, { passive: true });
    show();

    for (const mark of ["done", "now", "stopped"]) {
      for (const id of (this.getAttribute(mark) ?? "").split(/\s+/).filter(Boolean)) {
        if (this.viewer.get("elementRegistry").get(id)) view.addMarker(id, `plan-${mark}`);
      }
    }
    const drawing = canvas.querySelector("svg[data-element-id], .djs-container > svg");
    drawing?.setAttribute("role", "img");
    drawing?.setAttribute("aria-label", this.getAttribute("label"));
    drawing?.removeAttribute("tabindex");
  }
}

customElements.define("bpmn-plan", BpmnPlan);
