// The live connection. It comes back by itself and says what it has seen, so nothing is lost or doubled.
import { address } from "./api.js";

const SHORTEST_MS = 300;
const LONGEST_MS = 8000;

export class Link {
  constructor({ onFrame, onState }) {
    this.onFrame = onFrame;
    this.onState = onState;
    this.seen = {};
    this.wait = SHORTEST_MS;
    addEventListener("online", () => this.open());
    document.addEventListener("visibilitychange", () => document.hidden || this.open());
  }

  open() {
    if (this.socket && this.socket.readyState <= WebSocket.OPEN) return;
    clearTimeout(this.timer);
    const url = new URL(address("/api/live", this.seen), location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = (this.socket = new WebSocket(url));
    socket.onopen = () => {
      this.wait = SHORTEST_MS;
      this.onState("live");
    };
    socket.onmessage = ({ data }) => {
      if (socket !== this.socket) return;
      const frame = JSON.parse(data);
      this.seen[frame.pane] = frame.seen;
      this.onFrame(frame);
    };
    socket.onclose = () => {
      if (socket !== this.socket) return;
      this.onState("lost");
      this.timer = setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2));
      this.wait = Math.min(this.wait * 2, LONGEST_MS);
    };
  }
}
