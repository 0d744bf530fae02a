//! The list of keys.

use super::widgets::pairs;
use crate::session::Verb;
use egui::Ui;

/// Keys that belong to the canvas and to the window itself.
const OTHERS: [(&str, &str); 9] = [
    ("0", "Fit the image into the window"),
    ("1", "Show the image at 100 %"),
    ("+ −", "Zoom in and out"),
    ("Shift and arrows", "Move the image"),
    ("Space held", "Show the original"),
    ("F9", "Show or hide size and format in a narrow window"),
    ("Tab", "Go to the next control"),
    ("F1 ?", "This list"),
    ("Ctrl Q", "Quit"),
];

pub(super) fn keys_ui(ui: &mut Ui) {
    let command = if ui.ctx().os().is_mac() { "Cmd" } else { "Ctrl" };
    let verbs = Verb::ALL.iter().filter(|it| !it.shortcuts().is_empty()).map(|verb| {
        let keys: Vec<String> = verb.shortcuts().iter().map(|it| it.words(command)).collect();
        (keys.join(", "), verb.tooltip().to_owned())
    });
    let others = OTHERS.iter().map(|(keys, words)| (keys.replace("Ctrl", command), (*words).to_owned()));
    pairs(ui, &verbs.chain(others).collect::<Vec<_>>());
}
