var twice = (number) => 2 * number;
twice(2);
document.title = "sung";
