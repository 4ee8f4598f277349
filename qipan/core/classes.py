"""Classes that declarations are put in for people and catalogues; nothing is planned by them."""

from enum import StrEnum


class Picture(StrEnum):
    """Small pictures that stand for a life event; every face that shows one can draw them all."""

    ACCESSIBLE = "accessible"
    ARMCHAIR = "armchair"
    BABY = "baby"
    BRIEFCASE = "briefcase"
    BUILDING = "building"
    CLOSING = "closing"
    EDIT = "edit"
    ENTERPRISE = "enterprise"
    HEART = "heart"
    HOME = "home"
    PERSON = "person"
    RESTAURANT = "restaurant"
    RINGS = "rings"
    SCHOOL = "school"
    VEHICLE = "vehicle"


class ServiceType(StrEnum):
    """Kinds of service in an implementation list (实施清单)."""

    LICENCE = "licence"
    CONFIRMATION = "confirmation"
    PAYMENT = "payment"
    REWARD = "reward"
    RULING = "ruling"
    FILING = "filing"
    OTHER = "other"
    PUBLIC_SERVICE = "public_service"


class Category(StrEnum):
    """Classes of the national catalogue: 基础, 主题, 部门."""

    BASE = "base"
    THEME = "theme"
    DEPARTMENT = "department"


class Format(StrEnum):
    """How a resource is kept, in the national catalogue's list."""

    DATABASE = "database"
    SPREADSHEET = "spreadsheet"
    DOCUMENT = "document"
    STRUCTURED = "structured"
    IMAGE = "image"
    STREAM = "stream"
