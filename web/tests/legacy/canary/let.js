let song = "one";
song += " more";
document.title = "sung";
