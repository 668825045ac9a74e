"""Triage: every report gets a route with the definition beside it; conduct of United Nations personnel leaves for its channel;
where nobody can be referred, or a writer's modules have run out, asking stops and recording goes on.
"""
