// Passkeys: a form that is marked data-passkey is shown where the browser knows them, asks for one, and sends what came of it.
(() => {
  "use strict"
  if (!window.PublicKeyCredential) return

  const bytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0))
  const text = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
  const named = (list) => (list || []).map((one) => ({ ...one, id: bytes(one.id) }))

  const create = async ({ publicKey }) => {
    const selection = { ...publicKey.authenticatorSelection, residentKey: "required", requireResidentKey: true, userVerification: "required" }
    const made = await navigator.credentials.create({
      publicKey: {
        ...publicKey,
        authenticatorSelection: selection,
        challenge: bytes(publicKey.challenge),
        user: { ...publicKey.user, id: bytes(publicKey.user.id) },
        excludeCredentials: named(publicKey.excludeCredentials),
      },
    })
    return plain(made, { attestationObject: text(made.response.attestationObject), transports: made.response.getTransports?.() || [] })
  }

  const use = async ({ publicKey }) => {
    const got = await navigator.credentials.get({
      publicKey: { ...publicKey, challenge: bytes(publicKey.challenge), allowCredentials: named(publicKey.allowCredentials) },
    })
    const { authenticatorData, signature, userHandle } = got.response
    return plain(got, {
      authenticatorData: text(authenticatorData),
      signature: text(signature),
      userHandle: userHandle ? text(userHandle) : null,
    })
  }

  const plain = (credential, response) => ({
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { clientDataJSON: text(credential.response.clientDataJSON), ...response },
  })

  const options = async (form) => {
    if (!form.dataset.options) return JSON.parse(form.querySelector("script").textContent)
    const answer = await fetch(form.dataset.options, { headers: { Accept: "application/json" } })
    if (!answer.ok) throw new Error(answer.statusText)
    return (await answer.json()).request_options
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false
    form.addEventListener("submit", async (event) => {
      event.preventDefault()
      const trouble = document.getElementById("passkey-trouble")
      trouble.hidden = true
      try {
        const ceremony = form.dataset.passkey === "add" ? create : use
        form.elements.credential.value = JSON.stringify(await ceremony(await options(form)))
        form.submit()
      } catch {
        trouble.hidden = false
      }
    })
  }
})()
