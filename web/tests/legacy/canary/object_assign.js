Object.assign({}, { song: 1 });
document.title = "sung";
