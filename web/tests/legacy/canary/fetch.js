window.fetch("/nothing");
document.title = "sung";
