//! The window without eyes and without a mouse: what a screen reader meets on the accessibility
//! bus, and the whole way from a file to the clipboard by keys.

use super::{
    PIXELS, decoded,
    desk::{Desk, script, wait_for},
    draw, pillow_of_bytes, text,
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::io::BufRead as _;

/// What rings are drawn with: the accent, and the text's colour where the ground is the accent.
const RING_COLOURS: [[u8; 3]; 2] = [[0x8F, 0xAA, 0xFF], [0xE7, 0xE8, 0xEA]];
/// Fewer pixels than any ring has, more than a caret.
const LEAST_RING: usize = 40;

/// One thing as the screen reader knows it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Node {
    pub(crate) role: String,
    pub(crate) name: String,
    value: String,
    states: Vec<String>,
    /// Left, top, width and height on the screen.
    place: Vec<i32>,
    description: String,
}

impl Node {
    fn read(line: &str) -> Self {
        let mut fields = line.split('\t').map(str::to_owned);
        let mut field = || fields.next().unwrap_or_else(|| panic!("too few fields: {line}"));
        let [role, name, value, states, place, description] = std::array::from_fn(|_| field());
        let states = states.split_whitespace().map(str::to_owned).collect();
        let place = place.split_whitespace().map(|it| it.parse().unwrap()).collect();
        Self { role, name, value, states, place, description }
    }

    /// Its middle on the screen.
    pub(crate) fn middle(&self) -> [i32; 2] {
        let [left, top, wide, high] = self.place[..] else { panic!("it is nowhere: {self:?}") };
        [left + wide / 2, top + high / 2]
    }

    pub(crate) fn is(&self, state: &str) -> bool {
        self.states.iter().any(|it| it == state)
    }

    /// Role, name and value.
    fn brief(&self) -> [&str; 3] {
        [&self.role, &self.name, &self.value]
    }
}

pub(crate) fn nodes(desk: &Desk) -> Vec<Node> {
    desk.python("atspi.py", &["list"]).lines().map(Node::read).collect()
}

pub(crate) fn find(desk: &Desk, what: &str, matches: impl Fn(&Node) -> bool) -> Node {
    wait_for(what, || nodes(desk).into_iter().find(&matches))
}

/// `334 characters` under "Embed as".
fn characters(desk: &Desk) -> String {
    find(desk, "the length", |it| it.role == "label" && it.name.ends_with(" characters")).name
}

/// What can be pressed, typed into or moved in a window with a picture, in the order of reading.
const CONTROLS: [[&str; 3]; 39] = [
    ["button", "About this picture", ""],
    ["button", "Open", ""],
    ["button", "Paste", ""],
    ["button", "More", ""],
    ["toggle button", "Advanced size settings", ""],
    ["entry", "Width in pixels", "400"],
    ["entry", "Height in pixels", "300"],
    ["toggle button", "Width and height keep the ratio", ""],
    ["toggle button", "Original", ""],
    ["toggle button", "64", ""],
    ["toggle button", "50 %", ""],
    ["radio button", "AVIF", ""],
    ["radio button", "WebP", ""],
    ["radio button", "JPEG", ""],
    ["radio button", "PNG · 256 colours", ""],
    ["radio button", "PNG", ""],
    ["toggle button", "Auto", ""],
    ["toggle button", "Compare", ""],
    ["toggle button", "More formats", ""],
    ["radio button", "Quality", ""],
    ["radio button", "Same look", ""],
    ["radio button", "Budget", ""],
    ["radio button", "Lossless", ""],
    ["radio button", "Palette", ""],
    ["button", "Compressed length", ""],
    ["radio button", "Data URL", ""],
    ["radio button", "Base64", ""],
    ["radio button", "HTML", ""],
    ["radio button", "CSS", ""],
    ["link", "Source of this advice: https://vite.dev/config/build-options.html#build-assetsinlinelimit", ""],
    ["button", "Copy data URL", ""],
    ["button", "Copy image", ""],
    ["button", "Save…", ""],
    ["separator", "Divider between original and result", "50"],
    ["button", "Zoom out", ""],
    ["button", "Fit", ""],
    ["button", "100 %", ""],
    ["button", "Zoom in", ""],
    ["button", "Ground under transparency", ""],
];

#[test]
fn a_screen_reader_meets_every_control_and_copies() {
    let Some(mut desk) = Desk::open("a_screen_reader_meets_every_control_and_copies") else { return };
    desk.remember("png");
    desk.start_accessibility();
    let path = draw(&desk, "picture.png", 10);
    desk.launch(&[&path], "picture.png — Inlaid");
    let mut heard = desk.start_python(&script("atspi.py"), &["hear"]).lines().map(Result::unwrap);
    assert_eq!(heard.next().as_deref(), Some("ready"));
    find(&desk, "the result", |it| it.role == "button" && it.name == "Copy data URL");

    let nodes = nodes(&desk);
    assert_eq!(nodes[0].brief(), ["frame", "picture.png — Inlaid", ""]);
    let unnamed: Vec<&Node> = nodes.iter().filter(|it| it.is("focusable") && it.name.trim().is_empty()).collect();
    assert!(unnamed.is_empty(), "{unnamed:?}");
    let is_mute = |it: &&Node| ["label", "heading"].contains(&it.role.as_str()) && it.name.is_empty();
    assert_eq!(nodes.iter().filter(is_mute).count(), 0, "nothing is there to be read without words");
    let roles = ["button", "toggle button", "radio button", "entry", "slider", "separator", "link"];
    let controls: Vec<[&str; 3]> =
        nodes.iter().filter(|it| roles.contains(&it.role.as_str())).map(Node::brief).collect();
    assert_eq!(controls, CONTROLS);
    let others: Vec<&Node> =
        nodes.iter().filter(|it| it.is("focusable") && !roles.contains(&it.role.as_str())).collect();
    assert_eq!(others.len(), 1, "beside the window itself: {others:?}");
    let checked: Vec<&str> = nodes.iter().filter(|it| it.is("checked")).map(|it| it.name.as_str()).collect();
    assert_eq!(checked, ["PNG", "Quality", "Lossless", "Data URL"]);
    let preview = nodes.iter().find(|it| it.role == "canvas").unwrap();
    assert!(preview.description.starts_with("Original · "), "{preview:?}");
    assert!(preview.description.contains(", PNG · "), "{preview:?}");

    desk.python("atspi.py", &["press", "Copy data URL"]);
    let copied = desk.copied_text();
    assert_eq!(pillow_of_bytes(&desk, &decoded(&copied)), format!("400x300 {PIXELS}"));
    let said = heard.find(|it| it.starts_with("Copied"));
    assert_eq!(said, Some(format!("Copied data URL · {} characters", copied.len())));
    assert_eq!(characters(&desk), format!("{} characters", copied.len()));
}

#[test]
fn a_screen_reader_sets_the_quality_and_moves_the_divider() {
    let Some(mut desk) = Desk::open("a_screen_reader_sets_the_quality_and_moves_the_divider") else { return };
    desk.remember("png");
    desk.start_accessibility();
    let path = draw(&desk, "picture.png", 10);
    desk.launch(&[&path], "picture.png — Inlaid");
    desk.python("atspi.py", &["press", "JPEG"]);
    let slider = find(&desk, "the slider", |it| it.role == "slider");
    assert_eq!(slider.brief(), ["slider", "Quality", "80"]);
    let is_jpeg = |it: &Node| it.role == "label" && it.name.starts_with("data:image/jpeg;base64,");
    find(&desk, "the JPEG", is_jpeg);
    let before = characters(&desk);
    desk.python("atspi.py", &["set", "Quality", "5"]);
    find(&desk, "the new quality", |it| it.brief() == ["slider", "Quality", "5"]);
    find(&desk, "the field beside it", |it| it.brief() == ["entry", "Quality from 1 to 100", "5"]);
    let number = |it: &str| it.replace([',', ' '], "").trim_end_matches("characters").parse::<u64>().unwrap();
    wait_for("fewer characters", || (number(&characters(&desk)) < number(&before)).then_some(()));

    desk.python("atspi.py", &["set", "Divider between original and result", "25"]);
    find(&desk, "the divider", |it| it.role == "separator" && it.value == "25");
}

/// Presses Tab until something called so has the focus; gives everything that had it.
fn tab_to(desk: &Desk, name: &str) -> Vec<Node> {
    let mut stops = vec![];
    while stops.len() < 60 {
        let stop = tab(desk, stops.last());
        let is_there = stop.name == name;
        stops.push(stop);
        if is_there {
            return stops;
        }
    }
    panic!("Tab does not come to {name}: {stops:?}");
}

/// What has the focus after Tab, as soon as that is something else than before.
fn tab(desk: &Desk, before: Option<&Node>) -> Node {
    let is_same = |it: &Node| before.is_some_and(|before| [&before.role, &before.name] == [&it.role, &it.name]);
    desk.press("Tab");
    find(desk, "the next stop", |it| it.is("focused") && it.role != "frame" && !is_same(it))
}

#[test]
fn tab_alone_reaches_every_control_and_shows_where_it_is() {
    const WINDOW: [i32; 4] = [0, 0, 1182, 785];
    let Some(mut desk) = Desk::open("tab_alone_reaches_every_control_and_shows_where_it_is") else { return };
    desk.remember("jpeg");
    desk.start_accessibility();
    let path = draw(&desk, "picture.png", 10);
    desk.launch(&[&path], "picture.png — Inlaid");
    find(&desk, "the result", |it| it.role == "button" && it.name == "Copy data URL");
    let wanted: Vec<Node> = nodes(&desk).into_iter().filter(|it| it.is("focusable") && it.role != "frame").collect();
    let width = WINDOW[2] as usize;
    let (mut before, mut seen, mut hidden) = (desk.screen(WINDOW), vec![], vec![]);
    for _ in 0..wanted.len() {
        let mut stop = tab(&desk, seen.last());
        let is_ring = |screen: &[u8], at: usize| RING_COLOURS.iter().any(|it| screen.get(at..at + 3) == Some(it));
        let count = |now: &[u8], stop: &Node| {
            let [left, top, wide, high] = stop.place[..] else { panic!("it is nowhere: {stop:?}") };
            let head = now.len() - width * WINDOW[3] as usize * 3;
            let rows = (top - 4).max(0)..(top + high + 4).min(WINDOW[3]);
            let places = rows.flat_map(|y| ((left - 4).max(0)..left + wide + 4).map(move |x| (x, y)));
            let places = places.map(|(x, y)| head + (y as usize * width + x as usize) * 3);
            places.filter(|at| is_ring(now, *at) && now[*at..at + 3] != before[*at..at + 3]).count()
        };
        // The picture of the screen comes a little after the word of the bus.
        let mut now = desk.screen(WINDOW);
        for _ in 0..10 {
            if LEAST_RING <= count(&now, &stop) {
                break;
            }
            // It may have been scrolled into sight meanwhile.
            stop = find(&desk, "the same stop", |it| it.is("focused") && it.role != "frame");
            now = desk.screen(WINDOW);
        }
        if count(&now, &stop) < LEAST_RING {
            hidden.push(format!("{} {}: {} pixels", stop.role, stop.name, count(&now, &stop)));
        }
        before = now;
        seen.push(stop);
    }
    let names = |list: &[Node]| list.iter().map(|it| format!("{} {}", it.role, it.name)).collect::<Vec<_>>();
    assert_eq!(names(&seen), names(&wanted));
    assert!(hidden.is_empty(), "no ring: {hidden:#?}");
}

#[test]
fn by_keyboard_alone_from_a_file_to_the_clipboard() {
    let Some(mut desk) = Desk::open("by_keyboard_alone_from_a_file_to_the_clipboard") else { return };
    desk.remember("png");
    desk.start_accessibility();
    desk.hide_programs();
    let path = draw(&desk, "typed.png", 4);
    desk.launch(&[], "Inlaid");
    desk.press("ctrl+o");
    find(&desk, "the question for a path", |it| it.name == "Path of the file" && it.is("focused"));
    desk.pointer(&["type", "--delay", "20", text(&path)]);
    desk.press("Return");
    desk.wait_for_title("typed.png — Inlaid");

    tab_to(&desk, "Width in pixels");
    desk.pointer(&["type", "20"]);
    desk.press("Return");
    find(&desk, "the height that follows", |it| it.brief() == ["entry", "Height in pixels", "15"]);
    tab_to(&desk, "PNG");
    // A palette has as many colours as the look of what was chosen needs.
    for format in ["PNG · ", "JPEG"] {
        desk.press("Up");
        find(&desk, "the next format", |it| it.name.starts_with(format) && it.is("checked") && it.is("focused"));
    }
    desk.press("ctrl+c");
    let copied = desk.copied_text();
    let jpeg = STANDARD.decode(copied.strip_prefix("data:image/jpeg;base64,").expect("a JPEG")).unwrap();
    let read = pillow_of_bytes(&desk, &jpeg);
    assert!(read.starts_with("20x15 "), "{read}");

    for _ in 0..3 {
        desk.press("ctrl+z");
    }
    find(&desk, "the old width", |it| it.brief() == ["entry", "Width in pixels", "160"]);
    desk.press("ctrl+c");
    let copied = wait_for("the PNG", || Some(desk.copied_text()).filter(|it| it.starts_with("data:image/png")));
    assert_eq!(pillow_of_bytes(&desk, &decoded(&copied)), format!("160x120 {PIXELS}"));

    desk.press("Delete");
    desk.wait_for_title("Inlaid");
    desk.press("ctrl+z");
    desk.wait_for_title("typed.png — Inlaid");

    desk.press("F1");
    find(&desk, "the keys", |it| it.role == "dialog" && it.name == "Keys");
    find(&desk, "its heading", |it| it.role == "heading" && it.name == "Keys");
    desk.press("Escape");
    wait_for("the end of the keys", || nodes(&desk).iter().all(|it| it.role != "dialog").then_some(()));
    desk.press("ctrl+q");
    assert_eq!(desk.wait_for_end(), Some(0));
}
