// The socket: it comes back by itself, and what was asked before it broke is asked again under the same id.

const FIRST_WAIT = 500;
const LONGEST_WAIT = 10000;

export class Talk {
  /** `on` holds one function for each kind of frame, besides `open` and `lost`. */
  constructor(on) {
    this.on = on;
    this.waiting = new Map();
    this.wait = FIRST_WAIT;
  }

  connect() {
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    this.socket = new WebSocket(`${scheme}://${location.host}/socket`);
    this.socket.addEventListener("open", () => {
      this.wait = FIRST_WAIT;
      this.on.open();
    });
    this.socket.addEventListener("message", (event) => this.take(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => {
      this.on.lost();
      setTimeout(() => this.connect(), this.wait);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    });
  }

  hello(account) {
    this.send({ type: "hello", v: 1, account });
    for (const { frame } of this.waiting.values()) this.send(frame);
  }

  /** Ask for something; resolves to its `answer` or `refused` frame. */
  ask(frame) {
    const asked = { ...frame, id: identifier() };
    return new Promise((resolve) => {
      this.waiting.set(asked.id, { frame: asked, resolve });
      this.send(asked);
    });
  }

  send(frame) {
    if (this.socket.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  take(frame) {
    const asked = this.waiting.get(frame.re);
    this.waiting.delete(frame.re);
    if (asked) asked.resolve(frame);
    else this.on[frame.type]?.(frame);
  }
}

/** Also where crypto.randomUUID is missing (plain http on another machine). */
function identifier() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
