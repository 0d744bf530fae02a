//! Links in the window.

use crate::desk::Desk;
use eframe::egui::{Key, Modifiers};
use inlaid::{engine::embed, jobs::ports::Pasted};

fn paste(desk: &mut Desk, text: &str) {
    desk.held.lock().unwrap().to_paste = Some(Pasted::Found(embed::images_in_text(text).unwrap()));
    desk.press(Modifiers::COMMAND, Key::V);
    desk.step();
}

#[test]
fn a_link_shows_how_far_it_has_come_and_can_be_cancelled() {
    let mut desk = Desk::new();
    paste(&mut desk, "https://example.org/slow.png");
    desk.wait("how far it has come", |it| it.has("slow.png · 1.31 MB of 38.4 MB").then_some(()));
    desk.wait("a way to cancel", |it| it.has("Cancel").then_some(()));
    desk.press(Modifiers::NONE, Key::Escape);
    desk.step();
    desk.wait("an empty window", |it| it.window.state().session().items().is_empty().then_some(()));
}

#[test]
fn one_of_the_images_of_a_page_is_chosen() {
    let mut desk = Desk::new();
    let mut png = std::io::Cursor::new(vec![]);
    image::RgbImage::new(40, 30).write_to(&mut png, image::ImageFormat::Png).unwrap();
    {
        let mut held = desk.held.lock().unwrap();
        let page = "<!doctype html><img src=/one.png><img src=/two.png>";
        held.on_the_web.insert("https://example.org/page".to_owned(), page.into());
        held.on_the_web.insert("https://example.org/two.png".to_owned(), png.into_inner());
    }
    paste(&mut desk, "https://example.org/page");
    desk.wait("the question", |it| it.has("page is a page; which of its images?").then_some(()));
    assert!(desk.has("one.png · example.org") && desk.has("Take all"), "{:?}", desk.names());
    desk.click("two.png · example.org");
    desk.wait_ready();
    let session = desk.window.state().session();
    assert_eq!(session.title(), "two.png — Inlaid");
    assert!(session.question().is_none());
}

#[test]
fn many_links_are_fetched_after_a_question() {
    let mut desk = Desk::new();
    let links: String = (0..6).map(|it| format!("https://{}.example/{it}.png\n", ["a", "b"][it / 5])).collect();
    paste(&mut desk, &links);
    desk.wait_for("Fetch 6 images from a.example and 1 other host?");
    desk.press(Modifiers::NONE, Key::Escape);
    assert!(desk.window.state().session().items().is_empty() && !desk.has("Fetch all"));
    paste(&mut desk, &links);
    desk.wait_for("Fetch all");
    desk.click("Fetch all");
    assert_eq!(desk.window.state().session().items().len(), 6);
}
