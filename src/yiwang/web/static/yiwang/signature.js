// Signing on the screen: what is drawn becomes the picture in the file field, so that the form stays the same without
// scripts. And a button that prints the page.

class SignaturePad extends HTMLElement {
  connectedCallback() {
    this.field = document.querySelector(`input[type=file][name="${this.getAttribute("for")}"]`);
    if (!this.field || typeof DataTransfer === "undefined") return;
    this.canvas = document.createElement("canvas");
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", this.dataset.label);
    const under = document.createElement("div");
    under.className = "under";
    const label = document.createElement("span");
    label.className = "secondary-text";
    label.textContent = this.dataset.label;
    const again = document.createElement("button");
    again.type = "button";
    again.className = "plain";
    again.textContent = this.dataset.again;
    again.addEventListener("click", () => this.clear());
    under.append(label, again);
    this.append(this.canvas, under);
    this.clear();
    this.canvas.addEventListener("pointerdown", (event) => this.begin(event));
    this.canvas.addEventListener("pointermove", (event) => this.draw(event));
    for (const name of ["pointerup", "pointercancel"]) this.canvas.addEventListener(name, () => this.lift());
  }

  clear() {
    const scale = window.devicePixelRatio || 1;
    this.canvas.width = this.canvas.clientWidth * scale;
    this.canvas.height = this.canvas.clientHeight * scale;
    this.pen = this.canvas.getContext("2d");
    this.pen.scale(scale, scale);
    this.pen.fillStyle = "#FFFFFF";
    this.pen.fillRect(0, 0, this.canvas.clientWidth, this.canvas.clientHeight);
    this.pen.lineWidth = 2.5;
    this.pen.lineCap = this.pen.lineJoin = "round";
    this.pen.strokeStyle = "#17211F";
    this.down = false;
    this.field.value = "";
  }

  begin(event) {
    event.preventDefault();
    this.canvas.setPointerCapture(event.pointerId);
    this.down = true;
    this.pen.beginPath();
    this.pen.moveTo(event.offsetX, event.offsetY);
  }

  draw(event) {
    if (!this.down) return;
    this.pen.lineTo(event.offsetX, event.offsetY);
    this.pen.stroke();
  }

  lift() {
    if (!this.down) return;
    this.down = false;
    this.canvas.toBlob((picture) => {
      const held = new DataTransfer();
      held.items.add(new File([picture], "signature.png", { type: "image/png" }));
      this.field.files = held.files;
    }, "image/png");
  }
}

class PrintButton extends HTMLElement {
  connectedCallback() {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button secondary";
    button.textContent = this.dataset.text;
    button.addEventListener("click", () => window.print());
    this.append(button);
  }
}

customElements.define("signature-pad", SignaturePad);
customElements.define("print-button", PrintButton);
