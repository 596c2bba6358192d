var song = `one ${1 + 1}`;
song.trim();
document.title = "sung";
