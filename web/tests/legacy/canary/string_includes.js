"song".includes("on");
document.title = "sung";
