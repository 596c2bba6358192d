document.dispatchEvent(new window.CustomEvent("song"));
document.title = "sung";
