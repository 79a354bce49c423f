"""Addresses. A record's name comes first; ids are sids, never running numbers."""

from django.urls import include, path, re_path

from tiga.web import desks, pages, sessions
from tiga.web.desks import liaison, mediators, monitors, secretariat

SID = r"(?P<sid>[A-Za-z0-9_-]{43}(?:#[0-9]{1,3}|~[0-9]{1,3})?)"

record = [
    path("", pages.overview, name="overview"),
    path("incidents/", pages.incidents, name="incidents"),
    re_path(rf"^incidents/{SID}/$", pages.incident, name="incident"),
    re_path(rf"^incidents/{SID}/adopt/$", monitors.adopt, name="adopt"),
    path("matches/decide/", monitors.decide, name="decide"),
    re_path(rf"^matches/{SID}/withdraw/$", monitors.withdraw, name="withdraw"),
    path("map/", pages.map_page, name="map"),
    path("reports/", pages.reports, name="reports"),
    path("reports/new/", monitors.report_new, name="report-new"),
    path("reports/import/", monitors.import_sheet, name="import"),
    path("reports/import/<str:upload>/faults.csv", monitors.faults, name="faults"),
    re_path(rf"^reports/{SID}/$", pages.report, name="report"),
    re_path(rf"^reports/{SID}/discredit/$", mediators.discredit, name="discredit"),
    path("agreement/", pages.agreement, name="agreement"),
    path("agreement/gaps/", pages.gaps, name="gaps"),
    path("agreement/agenda/", pages.agenda, name="agenda"),
    path("agreement/agenda.pdf", pages.agenda_pdf, name="agenda-pdf"),
    path("cases/", pages.cases, name="cases"),
    re_path(rf"^cases/{SID}/$", pages.case, name="case"),
    re_path(rf"^cases/{SID}/dossier/$", pages.dossier, name="dossier"),
    re_path(rf"^cases/{SID}/reply/$", liaison.reply, name="reply"),
    re_path(rf"^cases/{SID}/admit/$", mediators.admit, name="admit"),
    re_path(rf"^cases/{SID}/open-replies/$", mediators.open_replies, name="open-replies"),
    re_path(rf"^cases/{SID}/finding/$", mediators.finding, name="finding"),
    re_path(rf"^cases/{SID}/dissent/$", mediators.dissent, name="dissent"),
    re_path(rf"^cases/{SID}/determination/$", mediators.determination, name="determination"),
    re_path(rf"^cases/{SID}/measure/$", mediators.measure, name="impose"),
    re_path(rf"^cases/{SID}/sign/$", mediators.sign, name="sign"),
    re_path(rf"^cases/{SID}/close/$", mediators.close, name="close"),
    re_path(rf"^cases/{SID}/evidence/$", monitors.deposit, name="deposit"),
    re_path(rf"^cases/{SID}/evidence/(?P<item>[A-Za-z0-9_-]{{43}})$", pages.file, name="file"),
    re_path(rf"^cases/{SID}/comply/$", liaison.comply, name="comply"),
    re_path(rf"^cases/{SID}/verify/$", mediators.verify, name="verify"),
    path("complaints/new/", liaison.complaint, name="complaint"),
    re_path(rf"^measures/{SID}/$", pages.measure, name="measure"),
    path("record/", pages.record, name="record"),
    path("record/checkpoint", pages.checkpoint, name="checkpoint"),
    path("record/<int:index>/", pages.entry, name="entry"),
    path("record/<int:index>/proof", pages.proof, name="proof"),
    path("desk/", desks.desk, name="desk"),
    path("panel/", secretariat.panel, name="panel"),
    path("panel/seat/", secretariat.seat, name="seat"),
    path("panel/recuse/", mediators.recuse, name="recuse"),
    path("clock/", secretariat.clock, name="clock"),
    path("sitrep/", pages.sitrep, name="sitrep"),
    path("sitrep.pdf", pages.sitrep_pdf, name="sitrep-pdf"),
]

urlpatterns = [
    path("", pages.shelves, name="shelves"),
    path("sign-in/", sessions.sign_in, name="sign-in"),
    path("sign-in/demo/", sessions.demo_sign_in, name="demo-sign-in"),
    path("sign-out/", sessions.sign_out, name="sign-out"),
    path("language/", sessions.language, name="language"),
    path("guide/", sessions.guide, name="guide"),
    path("<slug:record>/", include(record)),
]
handler404 = "tiga.web.pages.absent"
handler403 = "tiga.web.pages.forbidden"
handler500 = "tiga.web.pages.broken"
