new window.Promise(function (resolve) { resolve(); });
document.title = "sung";
