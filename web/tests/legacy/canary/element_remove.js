document.getElementById("leaf").remove();
document.title = "sung";
