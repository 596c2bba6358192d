new window.URLSearchParams("song=1").get("song");
document.title = "sung";
