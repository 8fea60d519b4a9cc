// Shows the server's name and how many play. What the server says is only ever text, never markup.
"use strict";

const PERIOD_MS = 5000;
const PHASES = {
  lobby: "the next round begins soon",
  countdown: "a round begins",
  play: "a round is being played",
  results: "a round has just ended",
};

const EMPTY = "The server is open and empty: nobody plays yet. Be the first!";

function show(text, isOpen) {
  const state = document.getElementById("state");
  state.textContent = text;
  state.className = isOpen ? "open" : "closed";
}

async function look() {
  try {
    const answer = await fetch("/status", { cache: "no-store", signal: AbortSignal.timeout(4000) });
    if (!answer.ok) throw new Error("not ready");
    const server = await answer.json();
    const name = String(server.name);
    document.getElementById("name").textContent = name;
    document.title = name;
    const players = Number(server.players);
    const seats = Number(server.max_players);
    const phase = PHASES[server.phase] || "";
    show(players ? `${players} of ${seats} players, ${phase}` : EMPTY, true);
  } catch {
    show("The server is starting or away. This page goes on looking.", false);
  }
}

look();
setInterval(() => { if (!document.hidden) look(); }, PERIOD_MS);
