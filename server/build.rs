//! Takes the built web app in: embedded in a release build, read from its folder in others.

use std::path::Path;

/// What the server shows where nobody has built the web app yet, so that it builds without Node.
const PLACEHOLDER: &str = "<!doctype html>
<html lang=\"zh-CN\">
<meta charset=\"utf-8\">
<title>巡访 Xunfang</title>
<p>网页应用还没有构建,请运行 <code>cargo xtask run</code>。</p>
<p lang=\"en\">The web app has not been built yet; run <code>cargo xtask run</code>.</p>
</html>
";

fn main() {
    let dist = Path::new("../mobile-web/dist");
    let index = dist.join("index.html");
    if !index.exists() {
        std::fs::create_dir_all(dist).expect("the folder of the built web app can't be made");
        std::fs::write(&index, PLACEHOLDER).expect("the placeholder page can't be written");
    }
    memory_serve::load_directory(dist);
}
