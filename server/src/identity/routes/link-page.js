// Runs in browsers, on the pages that links lead to (link-pages.ts).

const [form] = document.forms;
const [send] = form.getElementsByTagName("button");
const password = document.getElementById("password");
const problem = document.getElementById("problem");
const done = document.getElementById("done");
const [heading] = document.getElementsByTagName("h1");

let secret = "";

/** Takes what the link carries out of the address bar, where others might read it, and where it would be kept. */
function takeSecret() {
  const given = location.hash.slice(1);
  if (given !== "") {
    secret = given;
    history.replaceState(null, "", location.pathname + location.search);
  }
  form.hidden = secret === "";
  tell(
    secret === "" ? "The address is not complete. Open the link again as you got it, up to its last character." : "",
  );
}

function tell(text) {
  problem.textContent = text;
  problem.hidden = text === "";
}

/** What the server says is for people already, but for how it begins when something is wrong with what was typed. */
function explain(status, said) {
  if (status === 401) {
    return "You have an account here already, and this is not its password. Accept with the password that you have.";
  }
  const text = (said ?? "Something went wrong. Try again later.").replace(/^Invalid request payload: /, "");
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${text.endsWith(".") ? "" : "."}`;
}

function finish(answer) {
  const server = new URL(".", document.baseURI).href.replace(/\/$/, "");
  const words = { server, team: answer?.team.name, email: answer?.email };
  for (const place of done.querySelectorAll("[data-word]")) place.textContent = words[place.dataset.word];
  heading.textContent = heading.dataset.done;
  secret = "";
  form.reset();
  form.hidden = true;
  done.hidden = false;
  done.focus();
}

async function post() {
  const fields = Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ""));
  const response = await fetch(form.dataset.to, {
    method: "POST",
    headers: { "content-type": "application/json" },
    credentials: "omit",
    body: JSON.stringify({ ...fields, secret }),
  });
  const answer = await response.json().catch(() => null);
  if (response.ok) return finish(answer);
  // Such a link will not get better.
  form.hidden = response.status === 404;
  tell(explain(response.status, answer?.message));
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  send.disabled = true;
  tell("");
  post()
    .catch(() => tell("The server cannot be reached. Look whether you are connected, then try again."))
    .finally(() => {
      send.disabled = false;
    });
});
document.getElementById("show").addEventListener("change", ({ target }) => {
  password.type = target.checked ? "text" : "password";
});
// Somebody may paste another link into the address bar of this page, which then is not loaded anew.
addEventListener("hashchange", takeSecret);
takeSecret();
