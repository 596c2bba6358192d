document.querySelectorAll("li").forEach(function (leaf) { leaf.title = "seen"; });
document.title = "sung";
