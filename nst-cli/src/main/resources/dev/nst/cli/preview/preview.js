"use strict";

const element = (id) => document.getElementById(id);
const token = document.querySelector("meta[name=nst-token]").content;
const events = new EventSource("/events");

function say(sentence) {
  element("note").textContent = sentence;
  element("note").hidden = false;
}

function pill(text, kind) {
  element("phase").textContent = text;
  element("phase").className = "pill " + kind;
}

events.addEventListener("scene", (event) => {
  const scene = JSON.parse(event.data);
  document.title = scene.title;
  element("title").textContent = scene.title;
  element("content-name").textContent = scene.content;
  element("style-name").textContent = scene.style;
  element("content-picture").src = "/content.jpg?" + Date.now();
  // A reconstruction looks at one picture.
  const painting = element("style-picture");
  painting.closest("figure").hidden = scene.style === "";
  if (scene.style !== "") {
    painting.src = "/style.jpg?" + Date.now();
  }
  element("sources").hidden = false;
  // Markup that nst made, with all that came from outside escaped.
  element("settings").innerHTML = scene.settings;
  element("settings").className = "";
});

events.addEventListener("state", (event) => {
  const state = JSON.parse(event.data);
  pill(state.phase, state.kind);
  element("bar").value = state.fraction;
  for (const id of ["iteration", "speed", "left", "elapsed", "total", "content", "style", "tv"]) {
    element(id).textContent = state[id];
  }
  element("chart").innerHTML = state.chart;
  element("stop").disabled = !state.canStop;
  if (state.note) {
    say(state.note);
  }
});

events.addEventListener("picture", (event) => {
  element("picture").src = "data:image/jpeg;base64," + event.data;
  element("picture").hidden = false;
  element("waiting").hidden = true;
});

// Nothing comes after this, and the browser need not try to connect anew.
events.addEventListener("end", () => events.close());

events.addEventListener("error", () => {
  pill("Connection lost", "bad");
  element("stop").disabled = true;
});

element("stop").addEventListener("click", async () => {
  element("stop").disabled = true;
  try {
    const answer = await fetch("/stop", { method: "POST", headers: { "X-Nst-Token": token } });
    say(await answer.text());
  } catch (failure) {
    say("nst did not answer; press Ctrl-C where it runs.");
  }
});
