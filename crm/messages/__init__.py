"""Messages from the website, WeChat, 企业微信 and e-mail: each becomes a ticket."""
