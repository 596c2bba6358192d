// Runs in HtmlUnit as Internet Explorer 11: a document without the methods that came
// after it (closest, remove, append, forEach of a NodeList, CustomEvent …). It lays
// nothing out and reads some syntax that the real one does not; phantom.js does.
// Two ways to call it, with the jar on the class path:
//   java HtmlUnitIe11.java use ADDRESS GROUP NAME DICTIONARY   a person uses the page
//   java HtmlUnitIe11.java canary ADDRESS...                   only opens each
// The last line it prints is { ok, complaints, … } as JSON.

import com.gargoylesoftware.htmlunit.BrowserVersion;
import com.gargoylesoftware.htmlunit.ScriptException;
import com.gargoylesoftware.htmlunit.SilentCssErrorHandler;
import com.gargoylesoftware.htmlunit.WebClient;
import com.gargoylesoftware.htmlunit.WebRequest;
import com.gargoylesoftware.htmlunit.WebResponse;
import com.gargoylesoftware.htmlunit.html.DomElement;
import com.gargoylesoftware.htmlunit.html.DomNode;
import com.gargoylesoftware.htmlunit.html.HtmlElement;
import com.gargoylesoftware.htmlunit.html.HtmlPage;
import com.gargoylesoftware.htmlunit.javascript.JavaScriptErrorListener;
import com.gargoylesoftware.htmlunit.javascript.host.event.KeyboardEvent;
import com.gargoylesoftware.htmlunit.util.WebConnectionWrapper;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

public class HtmlUnitIe11 {
    static final long STEP_MS = 15_000;
    // This engine runs requests on the one thread that also runs the timers: a poll that is held
    // stops the page. So the hold of fifteen seconds is one of this length here, on the wire.
    static final long HOLD_MS = 150;
    static final String PASSWORD = "correct horse battery";

    final List<String> complaints = java.util.Collections.synchronizedList(new ArrayList<>());
    final List<String> steps = new ArrayList<>();
    final ConcurrentHashMap<String, Integer> feeds = new ConcurrentHashMap<>();
    final long began = System.currentTimeMillis();
    String words = "";
    HtmlPage page;

    public static void main(String[] args) throws Exception {
        Logger.getLogger("com.gargoylesoftware").setLevel(Level.OFF);
        Logger.getLogger("org.apache").setLevel(Level.OFF);
        HtmlUnitIe11 run = new HtmlUnitIe11();
        String more = "";
        boolean ok = true;
        if (args[0].equals("canary")) {
            more = ",\"canaries\":" + run.sing(args);
        } else {
            try {
                run.use(args[1], args[2], args[3], Path.of(args[4]));
            } catch (NotInTime late) {
                ok = false;
                run.complaints.add("not in time: " + late.getMessage());
            }
        }
        System.out.println("{\"ok\":" + ok + ",\"complaints\":" + json(run.complaints) + ",\"steps\":["
            + String.join(",", run.steps) + "],\"ms\":" + (System.currentTimeMillis() - run.began) + more + "}");
        System.out.flush();
        Runtime.getRuntime().halt(ok && run.complaints.isEmpty() ? 0 : 1); // its threads would go on
    }

    static class NotInTime extends RuntimeException {
        NotInTime(String step) { super(step); }
    }

    WebClient client(String language) {
        BrowserVersion version = new BrowserVersion.BrowserVersionBuilder(BrowserVersion.INTERNET_EXPLORER)
            .setBrowserLanguage(language).setUserLanguage(language).setSystemLanguage(language).build();
        WebClient client = new WebClient(version);
        client.getOptions().setThrowExceptionOnScriptError(false);
        client.getOptions().setThrowExceptionOnFailingStatusCode(false);
        client.setCssErrorHandler(new SilentCssErrorHandler());
        client.setIncorrectnessListener((message, origin) -> { });
        client.setJavaScriptErrorListener(new JavaScriptErrorListener() {
            @Override public void scriptException(HtmlPage where, ScriptException problem) {
                complaints.add(problem.getMessage() + " " + problem.getScriptSourceCode());
            }
            @Override public void timeoutError(HtmlPage where, long allowed, long taken) {
                complaints.add("a script took " + taken + " ms");
            }
            @Override public void malformedScriptURL(HtmlPage where, String url, MalformedURLException problem) {
                complaints.add("no address: " + url);
            }
            @Override public void loadScriptError(HtmlPage where, URL url, Exception problem) {
                complaints.add("not loaded: " + url);
            }
        });
        new WebConnectionWrapper(client) {
            @Override public WebResponse getResponse(WebRequest request) throws IOException {
                String address = request.getUrl().toString();
                Matcher feed = Pattern.compile("/api/(stream|poll)\\b").matcher(address);
                if (feed.find()) { feeds.merge(feed.group(1), 1, Integer::sum); }
                if (address.contains("/api/poll") && address.contains("wait=15")) {
                    request.setUrl(new URL(address.replace("wait=15", "wait=0")));
                    try { Thread.sleep(HOLD_MS); } catch (InterruptedException closing) { Thread.currentThread().interrupt(); }
                }
                return super.getResponse(request);
            }
        };
        return client;
    }

    void use(String address, String group, String name, Path dictionary) throws Exception {
        words = Files.readString(dictionary);
        String typed = "ping " + began, answer = "pong " + began;
        page = client(dictionary.getFileName().toString().replace(".json", "")).getPage(address);

        step("the door is there", () -> has(t("door.sign_in")));
        step("every script was read", () -> unread(t("scripts.first")).isEmpty());
        step("it passes for Internet Explorer 11", () -> "undefined,undefined,11".equals(js(
            "typeof window.EventSource + ',' + typeof window.Promise + ',' + document.documentMode")));
        press(t("door.no_account"));
        fill(t("door.username"), name);
        fill(t("door.display_name"), name);
        fill(t("door.password"), PASSWORD);
        press(t("door.sign_up"));

        press(t("find.title"));
        fill(t("find.query"), group);
        press(t("find.go"));
        press(t("find.join_name").replace("{name}", group));
        step("the group opens", () -> heading(group) && has("old 130."));
        step("only the newest page is there", () -> !has("old 70."));
        // Nothing is laid out, so nothing scrolls: the button of the timeline's head it is.
        step("the beginning is there", () -> {
            if (has("old 1.")) { return true; }
            click(t("chat.older"));
            return false;
        });

        String field = t("composer.to").replace("{name}", group);
        fill(field, typed);
        step("nothing is sent before Enter", () -> count(typed) == 0);
        type(field, KeyboardEvent.DOM_VK_RETURN);
        step("Enter sends", () -> count(typed) == 1);
        step("the other answers", () -> count(answer) == 1);
        step("sent once", () -> count(typed) == 1);

        panel();
        step("the panel names the other", () -> has("Old friend") && has(t("role.owner")));
        // By now somebody has used what comes later.
        step("so was every script that comes later", () -> unread(t("scripts.later")).isEmpty());
        panel();

        dialogues("Made by " + name);

        press(t("rail.me").replace("{name}", name));
        press(t("me.sign_out"));
        step("the door again", () -> has(t("door.no_account")));
        fill(t("door.username"), name);
        fill(t("door.password"), PASSWORD);
        press(t("door.sign_in"));
        step("open the group", () -> row(group));
        step("all is there", () -> count(typed) == 1 && count(answer) == 1);
        step("by long-poll alone", () -> feeds.getOrDefault("poll", 0) > 3 && !feeds.containsKey("stream"));
    }

    /** Every page and most dialogues, opened and closed; some of them do what they are for. */
    void dialogues(String own) throws InterruptedException {
        press(t("create.title"));
        fill(t("create.name"), own);
        press(t("create.go"));
        step("the new group opens", () -> heading(own));
        panel();
        for (String choice : new String[] { "member.own_card", "settings_of.title", "links.title", "hooks.title", "bans.title" }) {
            press(t("panel.tools"));
            press(t(choice));
            closes(choice);
        }
        for (String button : new String[] { "invite.go", "requests.title" }) {
            press(t(button));
            closes(button);
        }
        panel();

        press(t("rail.contacts"));
        press(t("contacts.more"));
        press(t("folders.title"));
        fill(t("folders.new"), "School");
        press(t("folders.make"));
        step("the folder is there", () -> click(t("folders.rename_name").replace("{name}", "School")));
        closes("folders.title");
        press(t("contacts.more"));
        press(t("blocks.title"));
        closes("blocks.title");
        press(t("contacts.more"));
        press(t("people.title"));
        closes("people.title");

        press(t("rail.settings"));
        press(t("settings.keys_show"));
        closes("keys.title");
        press(t("rail.chats"));
        step("back at the conversations", () -> row(own));
    }

    /** Opens the panel, or closes it. */
    void panel() throws InterruptedException {
        int shown = panels();
        press(t("panel.members"));
        step(shown == 0 ? "the panel is there" : "the panel is gone", () -> panels() != shown);
    }

    int panels() {
        synchronized (page) { return page.querySelectorAll(".panel").size(); }
    }

    /** A dialogue has opened; it is closed. */
    void closes(String what) throws InterruptedException {
        step("a dialogue: " + what, () -> dialogue() != null);
        press(t("dialog.close"));
        step("and it is gone", () -> dialogue() == null);
    }

    DomNode dialogue() {
        synchronized (page) { return page.querySelector("[role=dialog]"); }
    }

    /** Opens one page after the other and tells what each complained of. */
    String sing(String[] args) throws Exception {
        List<String> told = new ArrayList<>();
        for (int i = 1; i < args.length; i += 1) {
            WebClient client = client("en");
            complaints.clear();
            HtmlPage opened = client.getPage(args[i]);
            client.waitForBackgroundJavaScript(50); // time for what fails a moment later
            told.add("{\"title\":" + json(opened.getTitleText()) + ",\"complaints\":" + json(complaints) + "}");
            client.close();
        }
        complaints.clear();
        return "[" + String.join(",", told) + "]";
    }

    /** A step: tried until it gives true. */
    void step(String sentence, BooleanSupplier attempt) throws InterruptedException {
        long until = System.currentTimeMillis() + STEP_MS;
        while (!attempt.getAsBoolean()) {
            if (!complaints.isEmpty()) { throw new NotInTime(sentence); }
            if (System.currentTimeMillis() > until) { throw new NotInTime(sentence); }
            Thread.sleep(20);
        }
        steps.add("[" + (System.currentTimeMillis() - began) + "," + json(sentence) + "]");
    }

    void press(String name) throws InterruptedException { step("press " + name, () -> click(name)); }

    void fill(String label, String text) throws InterruptedException {
        step("fill " + label, () -> {
            HtmlElement field = field(label);
            if (field == null) { return false; }
            synchronized (page) {
                try {
                    field.focus();
                    field.type(text);
                } catch (IOException problem) { throw new RuntimeException(problem); }
            }
            return true;
        });
    }

    void type(String label, int key) throws InterruptedException {
        step("a key in " + label, () -> {
            HtmlElement field = field(label);
            if (field != null) { synchronized (page) { field.type(key); } }
            return field != null;
        });
    }

    // What the page may be asked; things are found as people find them, by their words.

    boolean has(String text) {
        synchronized (page) { return page.getBody().getTextContent().contains(text); }
    }

    int count(String text) {
        synchronized (page) {
            return (int) page.querySelectorAll(".bubble").stream().filter(one -> one.getTextContent().contains(text)).count();
        }
    }

    boolean heading(String name) {
        synchronized (page) {
            return page.querySelectorAll("h1").stream().anyMatch(one -> one.getTextContent().contains(name));
        }
    }

    /** By its name, or a name that goes on after it: "My profile: Ann" is also "My profile: Ann, online". */
    boolean click(String name) {
        synchronized (page) {
            HtmlElement found = null;
            for (DomNode node : page.querySelectorAll("button")) {
                HtmlElement button = (HtmlElement) node;
                String label = button.getAttribute("aria-label");
                String said = (label.isEmpty() ? heard(button) : label).trim();
                boolean fits = said.equals(name) || said.startsWith(name + " ");
                if (fits && !button.hasAttribute("disabled") && (found == null || said.equals(name))) { found = button; }
            }
            return found != null && clicked(found);
        }
    }

    String heard(DomNode node) {
        if (node.getNodeType() == DomNode.TEXT_NODE) { return node.getTextContent(); }
        if (node instanceof DomElement && ((DomElement) node).getAttribute("aria-hidden").equals("true")) { return ""; }
        StringBuilder text = new StringBuilder();
        for (DomNode child : node.getChildren()) { text.append(heard(child)); }
        return text.toString();
    }

    boolean row(String title) {
        synchronized (page) {
            for (DomNode node : page.querySelectorAll(".row")) {
                if (node.getTextContent().contains(title)) { return clicked((HtmlElement) node); }
            }
            return false;
        }
    }

    boolean clicked(HtmlElement element) {
        try {
            element.click();
            return true;
        } catch (IOException problem) { throw new RuntimeException(problem); }
    }

    HtmlElement field(String label) {
        synchronized (page) {
            for (DomNode node : page.querySelectorAll("input, textarea")) {
                HtmlElement field = (HtmlElement) node;
                DomElement named = field.getId().isEmpty() ? null
                    : page.querySelector("label[for='" + field.getId() + "']");
                String name = named == null ? field.getAttribute("aria-label") : named.getTextContent();
                if (name.trim().equals(label)) { return field; }
            }
            return null;
        }
    }

    /** Scripts of the page that did not give the name they bear. */
    String unread(String names) {
        return js("'" + names + "'.split(' ').filter(function (name) { return window.chat[name] === undefined; }).join(' ')");
    }

    String js(String expression) {
        synchronized (page) { return String.valueOf(page.executeJavaScript(expression).getJavaScriptResult()); }
    }

    /** The words of a key; the dictionary is flat, one per line. */
    String t(String key) {
        Matcher found = Pattern.compile("^\\s*\"" + Pattern.quote(key) + "\": \"(.*)\",?$", Pattern.MULTILINE).matcher(words);
        if (!found.find()) { throw new IllegalArgumentException("no words for " + key); }
        return found.group(1).replace("\\\"", "\"");
    }

    static String json(List<String> texts) {
        List<String> quoted = new ArrayList<>();
        synchronized (texts) { texts.forEach(text -> quoted.add(json(text))); }
        return "[" + String.join(",", quoted) + "]";
    }

    static String json(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char one : text.toCharArray()) {
            if (one == '"' || one == '\\') { quoted.append('\\').append(one); }
            else if (one < ' ' || one > '~') { quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) one)); }
            else { quoted.append(one); }
        }
        return quoted.append('"').toString();
    }
}
