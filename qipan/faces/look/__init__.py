"""What the faces share: base templates, styles, the template environment, access rules."""
