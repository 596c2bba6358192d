var leaf = document.getElementById("leaf");
leaf.parentNode.removeChild(leaf);
document.title = "sung";
