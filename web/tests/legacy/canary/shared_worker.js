new window.SharedWorker("/nothing.js");
document.title = "sung";
