// Says in the page when a passkey could not be used; allauth's own script only logs it.

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const place = document.getElementById("meldungen");
  const alert = document.createElement("div");
  alert.className = "kern-alert kern-alert--danger";
  alert.setAttribute("role", "alert");
  alert.innerHTML =
    '<div class="kern-alert__header"><span class="kern-icon kern-icon--danger" aria-hidden="true"></span>' +
    '<span class="kern-title">Das hat mit dem Passkey nicht geklappt</span></div>' +
    '<div class="kern-alert__body"><p>Der Vorgang wurde abgebrochen, oder das Gerät kennt keinen passenden Passkey. ' +
    "Versuchen Sie es noch einmal oder wählen Sie einen anderen Weg.</p></div>";
  place.replaceChildren(alert);
  place.scrollIntoView({ block: "nearest" });
});
