new window.EventSource("/nothing").close();
document.title = "sung";
