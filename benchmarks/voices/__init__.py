"""Attribution from claims of biased, partly dependent sources, with the truth known: ours beside truth discovery."""
