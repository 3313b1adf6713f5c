"""Addresses of the authority's desk, under `/cabinet/`."""

from django.urls import path

from cabinet.views import message, queue, reply, templates

app_name = "cabinet"
urlpatterns = [
    path("", queue.queue, name="queue"),
    path("templates/", templates.template_list, name="templates"),
    path("templates/new/", templates.template, name="new_template"),
    path("templates/<int:pk>/", templates.template, name="template"),
    path("templates/<int:pk>/delete/", templates.delete, name="delete_template"),
    path("<slug:number>/", message.issue, name="issue"),
    path("<slug:number>/answer/", reply.answer, name="answer"),
    path("<slug:number>/answer/preview/", reply.preview, name="preview"),
    path("<slug:number>/answer/send/", reply.send, name="send"),
    path("<slug:number>/answer/discard/", reply.discard, name="discard"),
    path("<slug:number>/<slug:action>/", message.act, name="act"),
]
