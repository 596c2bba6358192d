document.getElementById("leaf").closest("ul");
document.title = "sung";
