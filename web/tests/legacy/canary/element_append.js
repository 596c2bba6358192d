document.getElementById("leaf").append("more");
document.title = "sung";
