[1, 2].find(function (number) { return number === 2; });
document.title = "sung";
