/* Files over bad lines: the deposit form sends its file in pieces, and goes on where a cut line stopped.

Rules
1. Without this script the form sends its file as every form does. With it, the file goes in pieces after tus 1.0, and the form
   is then sent with the upload's number in the file's place.
2. A piece counts once the server has said so; after a cut the server is asked how much it has.
3. The address of a file on its way is kept in this tab alone, so that a page loaded anew goes on with the same file.
4. Words come from the server: `data-sending` holds {at} and {length}, `data-again` and `data-failed` stand as they are.

Markup: <form data-upload="…/uploads/" data-sending="…" data-again="…" data-failed="…"> with a file input and .upload-state
*/
const PIECE = 256 * 1024;
const TRIES = 12;
const WAIT_MS = 500;
const WAIT_MAX_MS = 15_000;
const TUS = { "Tus-Resumable": "1.0.0" };

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

function spoken(form, code, values = {}) {
  const line = form.querySelector(".upload-state");
  if (!line) return;
  line.hidden = false;
  const text = (form.dataset[code] || "").replace(/\{(at|length)\}/g, (_, name) => String(values[name]));
  if (line.textContent !== text) line.textContent = text;
}

async function began(form, file, token, key) {
  const kept = sessionStorage.getItem(key);
  if (kept) {
    const answer = await fetch(kept, { method: "HEAD", headers: TUS });
    if (answer.ok) return kept;
    if (answer.status !== 404) throw new Error(String(answer.status));
  }
  const answer = await fetch(form.dataset.upload, {
    method: "POST",
    headers: {
      ...TUS, "X-CSRFToken": token, "Upload-Length": String(file.size), "Upload-Metadata": `filename ${base64(file.name)}`,
    },
  });
  if (answer.status !== 201) throw Object.assign(new Error(String(answer.status)), { refused: answer.status < 500 });
  const address = answer.headers.get("Location");
  sessionStorage.setItem(key, address);
  return address;
}

async function offsetOf(address) {
  const answer = await fetch(address, { method: "HEAD", headers: TUS });
  if (!answer.ok) throw Object.assign(new Error(String(answer.status)), { refused: answer.status === 404 });
  return Number(answer.headers.get("Upload-Offset"));
}

async function piece(address, file, at, token) {
  const answer = await fetch(address, {
    method: "PATCH",
    headers: {
      ...TUS, "X-CSRFToken": token, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(at),
    },
    body: file.slice(at, at + PIECE),
  });
  if (answer.status !== 204) throw Object.assign(new Error(String(answer.status)), { refused: answer.status === 413 });
  return Number(answer.headers.get("Upload-Offset"));
}

/* Sends a file and returns its number; throws where the server refuses it or TRIES in a row came to nothing. */
async function sent(form, file, token) {
  const key = `tiga-upload ${form.dataset.upload} ${file.name} ${file.size} ${file.lastModified}`;
  let address = "";
  let at = 0;
  for (let failed = 0; failed < TRIES; ) {
    try {
      address = await began(form, file, token, key);
      at = await offsetOf(address);
      while (at < file.size) {
        spoken(form, "sending", { at, length: file.size });
        at = await piece(address, file, at, token);
        failed = 0;
      }
      spoken(form, "sending", { at, length: file.size });
      sessionStorage.removeItem(key);
      return address.split("/").filter(Boolean).pop();
    } catch (error) {
      if (error.refused) {
        sessionStorage.removeItem(key);
        throw error;
      }
      failed += 1;
      spoken(form, "again");
      await pause(Math.min(WAIT_MAX_MS, WAIT_MS * 2 ** failed));
    }
  }
  throw new Error("tries");
}

function withNumber(form, number) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "upload";
  field.value = number;
  form.append(field);
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  form.addEventListener("submit", async (event) => {
    const input = form.querySelector('input[type="file"]');
    const file = input && input.files[0];
    if (!file || !file.size || form.elements.upload) return;
    event.preventDefault();
    const buttons = [...form.querySelectorAll("button")];
    buttons.forEach((button) => { button.disabled = true; });
    try {
      const number = await sent(form, file, form.elements.csrfmiddlewaretoken.value);
      input.disabled = true;
      withNumber(form, number);
      form.submit();
    } catch {
      spoken(form, "failed");
      buttons.forEach((button) => { button.disabled = false; });
    }
  });
}
