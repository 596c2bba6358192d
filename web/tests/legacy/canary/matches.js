document.getElementById("leaf").matches("li");
document.title = "sung";
