//! Secrets in all the forms in which an envelope holds them.

use super::*;

#[track_caller]
fn expect(xml: &str, scrubbed: &str) {
    assert_eq!(super::scrubbed(xml, &["c0rrect<h0rse"]), scrubbed, "{xml}");
}

#[test]
fn hides_elements_and_attributes_by_their_names() {
    expect(
        "<p:Password xmlns:p='http://key'>abc</p:Password><p:Name>abc</p:Name>",
        "<p:Password xmlns:p='http://key'>***</p:Password><p:Name>abc</p:Name>",
    );
    expect(
        "<AccessToken Of=\"abc\" xsi:type=\"string\"/><a ApiKey='abc' b='abc'/>",
        "<AccessToken Of=\"***\" xsi:type=\"string\"/><a ApiKey='***' b='abc'/>",
    );
    expect(
        r#"<a Path="C:\" Key="abc"/>"#,
        r#"<a Path="C:\" Key="***"/>"#,
    );
    expect(
        "<ClientSecret><Value>abc</Value>\n<Value>def</Value></ClientSecret><Value>abc</Value>",
        "<ClientSecret><Value>***</Value>\n<Value>***</Value></ClientSecret><Value>abc</Value>",
    );
    expect(
        "<w:Selector Name=\"Pass&#119;ord\">abc</w:Selector><w:Selector Name=\"Id\">abc</w:Selector>",
        "<w:Selector Name=\"Pass&#119;ord\">***</w:Selector><w:Selector Name=\"Id\">abc</w:Selector>",
    );
    expect(
        "<Secret>a<![CDATA[b</Secret>c]]>d</Secret>e",
        "<Secret>*********</Secret>e",
    );
}

#[test]
fn hides_properties_of_embedded_instances() {
    let instance = |scalar: &str, one: &str, other: &str| {
        format!(
            "<INSTANCE CLASSNAME=\"X\"><PROPERTY NAME=\"ProxyPassword\" TYPE=\"string\"><VALUE>{scalar}</VALUE></PROPERTY>\
             <PROPERTY.ARRAY NAME=\"Keys\" TYPE=\"string\"><VALUE.ARRAY><VALUE>{one}</VALUE><VALUE>{other}</VALUE></VALUE.ARRAY>\
             </PROPERTY.ARRAY><PROPERTY NAME=\"Name\" TYPE=\"string\"><VALUE>abc</VALUE></PROPERTY></INSTANCE>"
        )
    };
    let (told, hidden) = (
        instance("abc", "d&amp;e", "f"),
        instance("***", "***", "***"),
    );
    expect(&told, &hidden);
    let data = |xml: &str| format!("<p:Settings><![CDATA[{xml}]]></p:Settings>");
    expect(&data(&told), &data(&hidden));
    let once = |xml: &str| format!("<p:Settings>{}</p:Settings>", escape(xml));
    expect(&once(&told), &once(&hidden));
    expect(&once(&once(&told)), &once(&once(&hidden)));
    expect(&once(&data(&told)), &once(&data(&hidden)));
}

#[test]
fn hides_a_known_secret_wherever_it_stands() {
    expect(
        "<a b='c0rrect&lt;h0rse'>c0rrect&lt;h0rse</a>",
        "<a b='***'>***</a>",
    );
    expect(
        "<a>x &#99;0rrect&#x3C;h0rse &amp; y</a>",
        "<a>x *** &amp; y</a>",
    );
    expect("<a><![CDATA[c0rrect<h0rse]]></a>", "<a><![CDATA[***]]></a>");
    expect(
        "<a>&lt;b&gt;c0rrect&amp;lt;h0rse&lt;/b&gt;</a>",
        "<a>&lt;b&gt;***&lt;/b&gt;</a>",
    );
    expect("<a>&quot;c0rrect&amp;lt;h0rse</a>", "<a>&amp;quot;***</a>");
}

#[test]
fn hides_literals_in_queries_and_paths() {
    expect(
        "<w:Filter>SELECT * FROM X WHERE A &lt; 1 AND Password = 'a\\'bc' AND Name='def'</w:Filter>",
        "<w:Filter>SELECT * FROM X WHERE A &lt; 1 AND Password = &apos;***&apos; AND Name=&apos;def&apos;</w:Filter>",
    );
    expect(
        "<a>X.Token=\"abc\",Name=\"def\"</a>",
        "<a>X.Token=\"***\",Name=\"def\"</a>",
    );
    expect(
        "<a>instance of X { Keys = {&quot;a&quot;, &quot;b&quot;}; Name = &quot;c&quot;; };</a>",
        "<a>instance of X { Keys = {&quot;***&quot;, &quot;***&quot;}; Name = &quot;c&quot;; };</a>",
    );
    expect("<a>Password LIKE 'abc</a>", "<a>Password LIKE ***</a>");
}

#[test]
fn leaves_out_what_cannot_be_read() {
    expect("<a>b</a><Password", "<a>b</a>***");
    expect(
        "<a>&none; & &lt;Password&gt;abc&lt;/Password&gt;</a>",
        "<a>&amp;none; &amp; &lt;Password&gt;***&lt;/Password&gt;</a>",
    );
    expect("<Password>abc", "<Password>***");
    expect(
        "<a><!-- <Password>abc</Password> --></a>",
        "<a><!--***--></a>",
    );
    expect("<Key></Other>abc</Key>d", "<Key></Other>***</Key>d");
    let nested = format!("{}<Key>abc", "<a>".repeat(NESTING));
    assert!(scrubbed(&nested, &[]).ends_with("<a>***"));
    let deep = (0..8).fold("<Key>abc</Key>".to_owned(), |xml, _| {
        format!("<a>{}</a>", escape(xml))
    });
    assert!(!scrubbed(&deep, &[]).contains("abc"));
}

#[test]
fn leaves_everything_else_as_it_is() {
    for same in [
        "<?xml version=\"1.0\"?><s:Envelope xmlns:s='x'><s:Body a = \"b>c\"/> d &amp; e \"f' </s:Envelope>",
        "<KEYBINDING NAME=\"Name\"><KEYVALUE VALUETYPE=\"string\">abc</KEYVALUE></KEYBINDING>",
        "<PROPERTY NAME=\"Name\"><QUALIFIER NAME=\"key\"><VALUE>true</VALUE></QUALIFIER></PROPERTY>",
        "<a>&none; & &amp;none; &amp;</a>",
        "<a>&lt;b&gt;'c' &amp;amp; d&lt;/b&gt; 1 &lt; 2</a><a>1 < 2 > 1</a>",
        "<Win32_Keyboard><Layout>abc</Layout></Win32_Keyboard>",
        "",
    ] {
        expect(same, same);
    }
    assert_eq!(scrubbed("<a>b</a>", &[""]), "<a>b</a>");
}
